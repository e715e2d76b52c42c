// SPDX-License-Identifier: Apache-2.0
/**
 * A backend that keeps everything in files, written against the SPI alone. To be read and copied.
 */
@NullMarked
package dev.allotment.examples.filebackend;

import org.jspecify.annotations.NullMarked;
