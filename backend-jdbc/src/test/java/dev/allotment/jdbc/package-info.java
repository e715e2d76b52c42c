// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the parts that the SQL backends share. The conformance kit tests them again, against each backend's
 * database.
 */
@NullMarked
package dev.allotment.jdbc;

import org.jspecify.annotations.NullMarked;
