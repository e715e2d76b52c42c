// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

/** How a page is asked for. Only POST changes anything. */
enum Method {
    GET,
    POST
}
