// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.allotment.openfeature;

import org.jspecify.annotations.NullMarked;
