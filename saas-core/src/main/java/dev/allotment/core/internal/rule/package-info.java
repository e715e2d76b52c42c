// SPDX-License-Identifier: Apache-2.0
/** The rules for what callers write: texts, tags, labels and numbers. */
@NullMarked
package dev.allotment.core.internal.rule;

import org.jspecify.annotations.NullMarked;
