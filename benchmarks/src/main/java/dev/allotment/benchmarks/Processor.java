// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The processor time of processes, as Linux counts it. */
final class Processor {
    /** Linux reports times in this unit to programs, on every machine. */
    private static final double TICKS_PER_SECOND = 100;

    private Processor() {}

    /** Returns the seconds that a process used. */
    static double seconds(long pid) throws IOException {
        String[] fields = fields(pid);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Returns the seconds that a process, its present children and those that have ended used. */
    static double secondsOfFamily(long pid) throws IOException {
        String[] fields = fields(pid);
        double all = (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND + seconds(pid);
        for (ProcessHandle child :
                ProcessHandle.of(pid).orElseThrow().children().toList()) {
            try {
                all += seconds(child.pid());
            } catch (NoSuchFileException e) {
                // It has just ended. Its parent counts it from now on, and the next call finds it there.
            }
        }
        return all;
    }

    /** The fields after the name of the program, which may contain spaces. */
    private static String[] fields(long pid) throws IOException {
        String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return line.substring(line.lastIndexOf(')') + 2).split(" ");
    }
}
