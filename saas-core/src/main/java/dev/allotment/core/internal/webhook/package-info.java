// SPDX-License-Identifier: Apache-2.0
/** Sends events of the audit log to the webhook endpoints of customers and operators. */
@NullMarked
package dev.allotment.core.internal.webhook;

import org.jspecify.annotations.NullMarked;
