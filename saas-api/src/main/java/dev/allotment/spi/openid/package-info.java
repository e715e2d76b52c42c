// SPDX-License-Identifier: Apache-2.0
/** What the author of a reader of OpenID Connect implements. */
@NullMarked
package dev.allotment.spi.openid;

import org.jspecify.annotations.NullMarked;
