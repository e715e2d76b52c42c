// SPDX-License-Identifier: Apache-2.0
/**
 * Real processes on real databases, ended at moments that nobody chose. What is left is looked at from outside, with
 * plain SQL.
 */
@NullMarked
package dev.allotment.crash;

import org.jspecify.annotations.NullMarked;
