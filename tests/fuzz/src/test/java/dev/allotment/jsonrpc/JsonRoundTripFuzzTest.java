// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import dev.allotment.jsonrpc.request.JsonLimits;
import dev.allotment.jsonrpc.request.JsonReader;
import dev.allotment.jsonrpc.request.JsonWriter;
import dev.allotment.jsonrpc.request.MalformedJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the codec reads, it writes so that it reads the same again. */
class JsonRoundTripFuzzTest {
    private static final JsonFactory JSON = JsonLimits.factory(1 << 22);

    @FuzzTest(maxDuration = "10m")
    void aDocumentThatIsWrittenIsReadUnchanged(byte[] body) throws MalformedJson {
        @Nullable Object document;
        try {
            document = JsonReader.read(JSON, body);
        } catch (MalformedJson refused) {
            assertThat(refused.text()).isNotEmpty();
            return;
        }
        if (document instanceof Map<?, ?> object) {
            assertThat(JsonReader.read(JSON, JsonWriter.write(JSON, keysAsText(object))))
                    .isEqualTo(document);
        }
    }

    private static Map<String, @Nullable Object> keysAsText(Map<?, ?> object) {
        Map<String, @Nullable Object> keysAsText = new LinkedHashMap<>();
        object.forEach((key, value) -> keysAsText.put((String) key, value));
        return keysAsText;
    }
}
