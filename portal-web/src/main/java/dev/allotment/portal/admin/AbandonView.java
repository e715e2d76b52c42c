// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;

/** The content of the page that asks whether to abandon an operation. */
public record AbandonView(OperationsView.Row operation, Form form) {}
