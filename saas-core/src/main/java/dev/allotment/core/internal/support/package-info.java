// SPDX-License-Identifier: Apache-2.0
/** Support access: requests, answers, and the sessions of operators at tenants. */
@NullMarked
package dev.allotment.core.internal.support;

import org.jspecify.annotations.NullMarked;
