// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.server.GoldenCall.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls and their outcomes, in the order of the file, which explains its own form. */
final class GoldenFile {
    private static final Path FILE = Path.of("src/test/resources/dev/allotment/server/golden-calls.txt");
    private static final String CALL = "> ";
    private static final String JSON2 = "json2 ";

    private GoldenFile() {}

    static List<GoldenCall> read() throws IOException {
        List<GoldenCall> calls = new ArrayList<>();
        String call = null;
        GoldenOutcome rpc = null;
        GoldenOutcome json2 = null;
        for (String line : Files.readAllLines(FILE)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith(CALL)) {
                if (call != null) {
                    calls.add(call(call, rpc, json2));
                }
                call = line;
                rpc = null;
                json2 = null;
            } else if (line.startsWith(JSON2)) {
                json2 = new GoldenOutcome(line.substring(JSON2.length()));
            } else {
                rpc = new GoldenOutcome(line);
            }
        }
        if (call != null) {
            calls.add(call(call, rpc, json2));
        }
        return calls;
    }

    /** Writes the outcomes of a run into the file. */
    static void record(Iterator<GoldenOutcome> rpc, Iterator<GoldenOutcome> json2) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(FILE)) {
            if (line.isBlank() || line.startsWith("#")) {
                lines.add(line);
            } else if (line.startsWith(CALL)) {
                GoldenOutcome older = rpc.next();
                GoldenOutcome newer = json2.next();
                lines.add(line);
                lines.add(older.line());
                if (!newer.equals(older)) {
                    lines.add(JSON2 + newer.line());
                }
            }
        }
        Files.write(FILE, lines);
    }

    @SuppressWarnings("unchecked") // keys of JSON are texts
    private static GoldenCall call(String line, @Nullable GoldenOutcome rpc, @Nullable GoldenOutcome json2) {
        String[] words = line.substring(CALL.length()).split(" ", 4);
        return new GoldenCall(
                line,
                User.valueOf(words[0].toUpperCase(Locale.ROOT)),
                words[1],
                words[2],
                (Map<String, @Nullable Object>) GoldenJson.read(words[3]),
                rpc,
                json2 == null ? rpc : json2);
    }
}
