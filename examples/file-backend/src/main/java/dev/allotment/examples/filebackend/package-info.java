// SPDX-License-Identifier: Apache-2.0
/**
 * A backend that stores everything in files and uses only the SPI: an example to read and copy.
 *
 * <p>Read it in this order. {@code FileBackendProvider} is what an embedder finds, and {@code FileBackend} what it
 * opens. {@code FileStorage} makes every change atomic. {@code Snapshot} and {@code FileRecords} are the content of a
 * file. {@code FileTransaction}, {@code FileCatalog} and {@code FileDatabases} implement the SPI with them. Every
 * transaction reads and rewrites its whole file, which is slow, but correct.
 */
@NullMarked
package dev.allotment.examples.filebackend;

import org.jspecify.annotations.NullMarked;
