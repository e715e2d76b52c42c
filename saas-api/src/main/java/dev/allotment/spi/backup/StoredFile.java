// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backup;

import java.time.Instant;

/**
 * A file in a {@link BackupStore}.
 *
 * @param name the name with which it was written
 * @param bytes its size
 * @param writtenAt when it was written, by the clock of the store
 */
public record StoredFile(String name, long bytes, Instant writtenAt) {}
