// SPDX-License-Identifier: Apache-2.0
/** Tests of the portal's pages: real requests, through a client that is not ours. */
package dev.allotment.portal;
