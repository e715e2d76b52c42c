// SPDX-License-Identifier: Apache-2.0
/** Walks through the pages of a running server with a real browser. */
package dev.allotment.browser;
