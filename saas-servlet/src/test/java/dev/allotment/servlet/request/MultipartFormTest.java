// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MultipartFormTest {
    private static final String FIELD = "Content-Disposition: form-data; name=\"a\"";

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    private Map<String, byte[]> parse(String body) {
        return MultipartForm.parse(body.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8), "B", values);
    }

    @Test
    void readsFieldsAndFiles() {
        Map<String, byte[]> files = parse("--B\n" + FIELD + "\n\nGröße\nzwei\n--B\n" + FIELD + "\n\n\n--B\n"
                + "Content-Disposition: form-data; name=\"f\"; filename=\"a.png\"\nContent-Type: image/png\n\n"
                + "--B\n x\n--B\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\n\n\n--B--\n");

        assertThat(values).containsExactly(Map.entry("a", List.of("Größe\r\nzwei", "")));
        assertThat(files).containsOnlyKeys("f");
        assertThat(new String(files.get("f"), StandardCharsets.UTF_8)).isEqualTo("--B\r\n x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--",
                "--B",
                "--B\n",
                "--C--",
                "x\n--B--",
                "--B\n" + FIELD + "\n\nx",
                "--B\n" + FIELD + "\n\nx\n--B",
                "--B\n" + FIELD + "\nx\n--B--",
                "--B\nContent-Disposition: attachment\n\nx\n--B--",
                "--B\nContent-Disposition: form-data\n\nx\n--B--",
                "--B\n" + FIELD + "\n\nx\0\n--B--",
                "--B" + FIELD + "\n\nx\n--B--"
            })
    void refusesWhatNoBrowserSends(String body) {
        assertThatThrownBy(() -> parse(body)).isInstanceOf(Refusal.class);
    }

    @Test
    void refusesTooManyParts() {
        String part = "\n" + FIELD + "\n\nx\n--B";

        assertThatThrownBy(() -> parse("--B" + part.repeat(201) + "--")).isInstanceOf(Refusal.class);
    }

    @Test
    void findsTheBoundary() {
        assertThat(MultipartForm.boundary("multipart/form-data; boundary=----x1"))
                .contains("----x1");
        assertThat(MultipartForm.boundary("Multipart/Form-Data;boundary=\"x y\""))
                .isEmpty();
        assertThat(MultipartForm.boundary("multipart/mixed; boundary=x")).isEmpty();
        assertThat(MultipartForm.boundary(null)).isEmpty();
    }
}
