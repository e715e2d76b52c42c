// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.SaasException;
import dev.allotment.spi.protocol.ProtocolAdapter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtocolRoutesTest {
    private final ProtocolAdapter one = new Named("one", "/a/b", "/a/*");
    private final ProtocolAdapter two = new Named("two", "/a/b/*", "/c");
    private final ProtocolRoutes routes = new ProtocolRoutes(List.of(one, two));

    @Test
    void prefersTheMostSpecificPath() {
        assertThat(routes.find("/a/b")).isSameAs(one);
        assertThat(routes.find("/a/b/c/d")).isSameAs(two);
        assertThat(routes.find("/a/x/y")).isSameAs(one);
        assertThat(routes.find("/c")).isSameAs(two);
        assertThat(routes.find("/a")).isNull();
        assertThat(routes.find("/c/d")).isNull();
        assertThat(routes.find("/")).isNull();
    }

    @Test
    void patternsCoverEveryPath() {
        assertThat(routes.urlPatterns()).containsExactly("/a/*", "/a/b/*", "/c/*");
    }

    @Test
    void reportsAllContestedPathsAtOnce() {
        assertThatThrownBy(() -> new ProtocolRoutes(List.of(one, new Named("three", "/a/*", "/c", "/a/b"))))
                .isInstanceOf(SaasException.class)
                .hasMessage("Two protocols claim the same path: /a/* (one, three), /a/b (one, three)."
                        + " Mount only one of them.");
    }

    private record Named(String name, List<String> paths) implements ProtocolAdapter {
        Named(String name, String... paths) {
            this(name, List.of(paths));
        }

        @Override
        public Answer handle(Call call) {
            throw new UnsupportedOperationException(call.path());
        }
    }
}
