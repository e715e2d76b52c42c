// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import dev.allotment.hook.TxtRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/** Asks a DNS server with the client of the JDK, which gives up after some seconds. Thread-safe. */
public final class DnsTxtRecords implements TxtRecords {
    /** The client doubles it at each of the tries. */
    private static final String FIRST_WAIT_MILLIS = "1000";

    private static final String TRIES = "3";

    private final String server;

    /** Creates one that asks the servers of this computer. */
    public DnsTxtRecords() {
        this("dns:");
    }

    /** @param server such as {@code dns://192.0.2.53} */
    DnsTxtRecords(String server) {
        this.server = server;
    }

    /** The name is made by the core, and no object is read from what the server answers. */
    @Override
    @SuppressWarnings({"BanJNDI", "JdkObsolete"})
    public List<String> find(String name) throws IOException {
        Hashtable<String, String> settings = new Hashtable<>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, server);
        settings.put("com.sun.jndi.dns.timeout.initial", FIRST_WAIT_MILLIS);
        settings.put("com.sun.jndi.dns.timeout.retries", TRIES);
        try {
            InitialDirContext context = new InitialDirContext(settings);
            try {
                return texts(context.getAttributes(name, new String[] {"TXT"}).get("TXT"));
            } finally {
                context.close();
            }
        } catch (NameNotFoundException e) {
            return List.of();
        } catch (NamingException e) {
            throw new IOException("The DNS does not say whether there is a TXT record " + name, e);
        }
    }

    private static List<String> texts(@Nullable Attribute found) throws NamingException {
        List<String> texts = new ArrayList<>();
        if (found != null) {
            NamingEnumeration<?> all = found.getAll();
            while (all.hasMore()) {
                texts.add(String.valueOf(all.next()));
            }
        }
        return texts;
    }
}
