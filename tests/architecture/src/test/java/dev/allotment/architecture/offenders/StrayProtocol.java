// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

/** What the dispatcher and the protocols must not know. */
public final class StrayProtocol {

    public interface Xml {
        org.apache.xmlrpc.XmlRpcException fault();
    }

    public interface Servlet {
        void handle(jakarta.servlet.ServletRequest request);
    }

    public interface Sql {
        java.sql.Connection connection();
    }

    public interface Backend {
        dev.allotment.jdbc.SqlDialect dialect();
    }

    private StrayProtocol() {}
}
