// SPDX-License-Identifier: Apache-2.0
/** Tests of an application, written as its team would. */
@NullMarked
package dev.allotment.springboot.test;

import org.jspecify.annotations.NullMarked;
