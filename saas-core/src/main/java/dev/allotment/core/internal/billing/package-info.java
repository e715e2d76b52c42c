// SPDX-License-Identifier: Apache-2.0
/** Payment states as payment systems report them, and how tenants follow them. */
@NullMarked
package dev.allotment.core.internal.billing;

import org.jspecify.annotations.NullMarked;
