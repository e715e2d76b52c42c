// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/** The content of the page on which a user requests an erasure. */
public record ErasureView(Form form) {}
