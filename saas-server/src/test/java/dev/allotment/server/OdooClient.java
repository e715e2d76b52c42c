// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.net.MalformedURLException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.XmlRpcException;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;

/** A caller of Odoo's external API: Apache's XML-RPC client, of which the server has no part but the parser. */
final class OdooClient {
    static final String MAIN = "portal.localhost";

    private final String url;
    private final XmlRpcClient client = new XmlRpcClient();

    OdooClient(int port) {
        url = "http://127.0.0.1:" + port;
    }

    /** A call of a service, such as {@code common}. */
    Object call(String service, String method, Object... arguments) throws XmlRpcException {
        XmlRpcClientConfigImpl config = new XmlRpcClientConfigImpl();
        try {
            config.setServerURL(new URL(url + "/xmlrpc/2/" + service));
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
        return client.execute(config, method, arguments);
    }

    Object authenticate(String database, String login, String password) throws XmlRpcException {
        return call("common", "authenticate", database, login, password, Map.of());
    }

    /** A call of a model in a session: user and password with each call. */
    Session session(String database, String login, String password) throws XmlRpcException {
        Object uid = authenticate(database, login, password);
        if (uid instanceof Integer number) {
            return new Session(database, number, password);
        }
        throw new AssertionError(login + " cannot authenticate at " + database);
    }

    /** Apache's client gives arrays. */
    static List<Object> list(Object array) {
        return Arrays.asList((Object[]) array);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> struct(Object value) {
        return (Map<String, Object>) value;
    }

    final class Session {
        private final String database;
        private final int uid;
        private final String password;

        private Session(String database, int uid, String password) {
            this.database = database;
            this.uid = uid;
            this.password = password;
        }

        int uid() {
            return uid;
        }

        /** Without named arguments, which may be left out of a call. */
        Object execute(String model, String method, Object... arguments) throws XmlRpcException {
            return call("object", "execute_kw", database, uid, password, model, method, List.of(arguments));
        }

        Object executeKw(String model, String method, List<?> arguments, Map<String, ?> named) throws XmlRpcException {
            return call("object", "execute_kw", database, uid, password, model, method, arguments, named);
        }

        /** Returns the only requested field of all matching records. */
        List<Object> values(String model, List<?> domain, String field) throws XmlRpcException {
            List<Object> values = new ArrayList<>();
            for (Object row :
                    list(executeKw(model, "search_read", List.of(domain), Map.of("fields", List.of(field))))) {
                values.add(struct(row).get(field));
            }
            return values;
        }
    }
}
