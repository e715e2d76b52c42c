// SPDX-License-Identifier: Apache-2.0
/** What a capability contributes: its sagas, and its work that is due from time to time. */
@NullMarked
package dev.allotment.core.internal.feature;

import org.jspecify.annotations.NullMarked;
