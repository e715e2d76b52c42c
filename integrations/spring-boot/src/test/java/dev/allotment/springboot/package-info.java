// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.allotment.springboot;

import org.jspecify.annotations.NullMarked;
