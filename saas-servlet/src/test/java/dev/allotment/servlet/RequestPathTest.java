// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "'', /",
        "//, /",
        "/a, /a",
        "//a///b/, /a/b",
        "/a;v=1/b;c, /a/b",
        "/%41/gr%C3%BC%c3%9fe, /A/grüße",
        "/a%20b, /a b",
    })
    void normalisesAPath(String uri, String path) {
        assertThat(RequestPath.of(uri, "")).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%2fb",
                "/a/../b",
                "/a/./b",
                "/%2e%2e/b",
                "/a/..;/b",
                "/%",
                "/%4",
                "/%zz",
                "/%00",
                "/%ff",
                "/%-1"
            })
    void refusesAnAmbiguousPath(String uri) {
        assertThat(RequestPath.of(uri, "")).isNull();
    }

    @Test
    void removesThePrefixOfTheApplication() {
        assertThat(RequestPath.of("//shop//a/", "/shop")).isEqualTo("/a");
        assertThat(RequestPath.of("/shop", "/shop")).isEqualTo("/");
        assertThat(RequestPath.of("/shopping/a", "/shop")).isNull();
    }
}
