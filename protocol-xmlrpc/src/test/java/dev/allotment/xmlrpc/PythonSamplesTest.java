// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The exact requests of Python's own client. make_samples.py next to the samples creates them. */
class PythonSamplesTest {
    private final CallReader reader = new CallReader(1 << 22);

    @Test
    void readsVersion() {
        assertThat(read("version")).isEqualTo(new MethodCall("version", List.of()));
    }

    @Test
    void readsAuthenticate() {
        assertThat(read("authenticate"))
                .isEqualTo(new MethodCall("authenticate", List.of("portal.localhost", "admin", "admin", Map.of())));
    }

    @Test
    void readsSignup() {
        assertThat(read("signup"))
                .isEqualTo(new MethodCall(
                        "execute_kw",
                        List.of(
                                "portal.localhost",
                                2,
                                "admin",
                                "res.users",
                                "signup",
                                List.of(Map.of(
                                        "login",
                                        "client-email@example.com",
                                        "name",
                                        "Client Name",
                                        "password",
                                        "Client Password")))));
    }

    @Test
    void readsCreateNewDatabase() {
        assertThat(read("create"))
                .isEqualTo(new MethodCall(
                        "execute_kw",
                        List.of(
                                "portal.localhost",
                                2,
                                "admin",
                                "saas_portal.plan",
                                "create_new_database",
                                List.of(1),
                                Map.of("dbname", false, "user_id", 5))));
    }

    @Test
    void readsEveryType() {
        List<Object> params = new ArrayList<>(read("types").params());
        byte[] bytes = (byte[]) params.remove(13);

        assertThat(bytes).hasSize(120).startsWith(0, 1, 0xFE, 0xFF);
        assertThat(params)
                .isEqualTo(Arrays.asList(
                        true,
                        false,
                        0,
                        Integer.MIN_VALUE,
                        Integer.MAX_VALUE,
                        1.5,
                        -0.0,
                        1e22,
                        "",
                        " a  b ",
                        "<&>\"'\n\t]]>",
                        "é€😀",
                        null,
                        LocalDateTime.of(2026, 1, 31, 10, 0),
                        List.of(),
                        List.of(List.of(), List.of(1, List.of(2))),
                        Map.of(),
                        Map.of("", 1, "a b", Map.of("c", Arrays.asList((Object) null)))));
    }

    @Test
    void readsAnotherEncoding() {
        assertThat(read("windows-1252")).isEqualTo(new MethodCall("latin", List.of("é€")));
    }

    private MethodCall read(String name) {
        return reader.read(Documents.sample("python-" + name + ".xml"));
    }
}
