// SPDX-License-Identifier: Apache-2.0
/** Tests of the storage of the H2 backend. */
@NullMarked
package dev.allotment.h2.files;

import org.jspecify.annotations.NullMarked;
