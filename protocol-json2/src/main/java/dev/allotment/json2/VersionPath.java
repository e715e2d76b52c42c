// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.odoo.NamedCalls;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Answers {@code /web/version} and {@code /json/version}, without a key. Thread-safe. */
final class VersionPath {
    private static final Set<String> PATHS = Set.of("/web/version", "/json/version");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");

    private final NamedCalls calls;
    private final Answers answers;

    VersionPath(NamedCalls calls, Answers answers) {
        this.calls = calls;
        this.answers = answers;
    }

    static boolean is(String path) {
        return PATHS.contains(path);
    }

    Answer answer(Call call) {
        if (!METHODS.contains(call.method())) {
            return Answers.html(405, "Method Not Allowed", "Use GET.", Map.of("Allow", "GET, HEAD, POST"));
        }
        Map<String, Object> info = calls.versionInfo();
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("version_info", info.get("server_version_info"));
        version.put("version", info.get("server_version"));
        return answers.json(version);
    }
}
