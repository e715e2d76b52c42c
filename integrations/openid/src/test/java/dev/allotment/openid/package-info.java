// SPDX-License-Identifier: Apache-2.0
/** Tests of signing in with identity providers. */
@NullMarked
package dev.allotment.openid;

import org.jspecify.annotations.NullMarked;
