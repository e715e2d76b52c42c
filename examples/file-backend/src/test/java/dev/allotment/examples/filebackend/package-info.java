// SPDX-License-Identifier: Apache-2.0
/** The file backend passes the kit, and loses nothing when its process is killed. */
@NullMarked
package dev.allotment.examples.filebackend;

import org.jspecify.annotations.NullMarked;
