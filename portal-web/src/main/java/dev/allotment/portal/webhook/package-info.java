// SPDX-License-Identifier: Apache-2.0
/** The pages of webhook endpoints, for customers and for administrators. For this module only. */
@NullMarked
package dev.allotment.portal.webhook;

import org.jspecify.annotations.NullMarked;
