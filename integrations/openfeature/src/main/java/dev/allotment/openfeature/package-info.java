// SPDX-License-Identifier: Apache-2.0
/** The entitlements of a tenant as flags of OpenFeature. */
@NullMarked
package dev.allotment.openfeature;

import org.jspecify.annotations.NullMarked;
