// SPDX-License-Identifier: Apache-2.0
/**
 * A backend that keeps everything in files, written against the SPI alone. To be read and copied.
 *
 * <p>Read it in this order: {@code FileBackendProvider} is what hosts find, and {@code FileBackend} what they get;
 * {@code FileStorage} is where a change happens as a whole or not at all; {@code Snapshot} and {@code FileRecords} are
 * what stands in a file; {@code FileTransaction}, {@code FileCatalog} and {@code FileDatabases} are the SPI on top of
 * these. Every transaction reads its file and writes it anew, which is slow, and right.
 */
@NullMarked
package dev.allotment.examples.filebackend;

import org.jspecify.annotations.NullMarked;
