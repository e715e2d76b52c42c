// SPDX-License-Identifier: Apache-2.0
/** The brand of the installation, and drafts of it; used from outside. */
@NullMarked
package dev.allotment.core.internal.brand;

import org.jspecify.annotations.NullMarked;
