// SPDX-License-Identifier: Apache-2.0
/** Tests of the portal's pages with real requests from an HTTP client. */
package dev.allotment.portal;
