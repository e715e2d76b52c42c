// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.allotment.micrometer;

import org.jspecify.annotations.NullMarked;
