// SPDX-License-Identifier: Apache-2.0
/** Signs users in with identity providers. */
@NullMarked
package dev.allotment.core.internal.identity;

import org.jspecify.annotations.NullMarked;
