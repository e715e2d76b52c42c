// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.StartFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.XmlRpcException;
import org.junit.jupiter.api.Test;

/** The names of databases are those of customers, so a server tells them to strangers only if its operator wants that. */
final class ListOfDatabasesTest {
    private static RunningServer start(String... options) throws StartFailure {
        List<String> line = new ArrayList<>(List.of(options));
        line.addAll(List.of("--data", "memory", "--port", "0", "--admin-password", "admin", "--password-rounds", "1"));
        return SaasServer.start(Map.of(), CommandLineArguments.parse("test", line.toArray(new String[0])));
    }

    @Test
    void isOffUnlessTheOperatorTurnsItOn() throws Exception {
        try (RunningServer server = start("serve")) {
            OdooClient client = new OdooClient(server.port());
            for (String method : List.of("list", "db_exist")) {
                assertThatThrownBy(() ->
                                client.call("db", method, method.equals("list") ? new Object[0] : new Object[] {"x"}))
                        .isInstanceOf(XmlRpcException.class)
                        .extracting(each -> ((XmlRpcException) each).code)
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void canBeTurnedOn() throws Exception {
        try (RunningServer server = start("serve", "--list-databases", "true")) {
            assertThat(OdooClient.list(new OdooClient(server.port()).call("db", "list")))
                    .containsExactly("portal.localhost");
        }
    }
}
