// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

/** The method of a request. Only POST changes anything. */
enum Method {
    GET,
    POST
}
