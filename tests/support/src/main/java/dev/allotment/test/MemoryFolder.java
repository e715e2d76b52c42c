// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Folders in memory for the files of a database server. A database has three hundred files. On a disk, tests that
 * create many databases would wait half of the time for it, or for the file system, which is slow to place new files
 * after many were deleted.
 */
public final class MemoryFolder {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ENOUGH_BYTES = 4L << 30;
    private static final String PREFIX = "allotment-database-server-";

    private MemoryFolder() {}

    /**
     * Creates a folder, which the caller removes. Folders of processes that were killed are removed first: they would
     * take the memory of all others.
     *
     * @return empty if this machine has no file system in memory, or too little of it is free
     */
    public static Optional<Path> create() throws IOException {
        if (!Files.isWritable(MEMORY)) {
            return Optional.empty();
        }
        removeFoldersOfDeadProcesses();
        return Files.getFileStore(MEMORY).getUsableSpace() > ENOUGH_BYTES
                ? Optional.of(Files.createTempDirectory(
                        MEMORY, PREFIX + ProcessHandle.current().pid() + '-'))
                : Optional.empty();
    }

    private static void removeFoldersOfDeadProcesses() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(MEMORY, PREFIX + "*-*")) {
            for (Path folder : folders) {
                String process = folder.getFileName().toString().substring(PREFIX.length());
                long pid = Long.parseLong(process.substring(0, process.indexOf('-')));
                if (Files.isWritable(folder) && ProcessHandle.of(pid).isEmpty()) {
                    remove(folder);
                }
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException | NoSuchFileException | DirectoryNotEmptyException e) {
            // Another process of this build is removing it at the same time.
        }
    }
}
