// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.shop;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.tenant.TenantFilter;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/** Sells shops: each customer gets its own database, and one application serves all of them. */
public final class Shop implements AutoCloseable {
    private final Saas saas;
    private final Server server;

    private Shop(Saas saas, Server server) {
        this.saas = saas;
        this.server = server;
    }

    /** Opens a shop in memory for one customer and prints its sign-in link. Takes no arguments. */
    public static void main(String[] args) throws Exception {
        Shop shop = open("h2", Map.of("memory", "true"), 8070);
        System.out.println("Open " + shop.sell("flowers", "florist@example.com"));
        shop.server.join();
    }

    /** Starts the application on a backend and a port. */
    static Shop open(String backend, Map<String, String> settings, int port) throws Exception {
        Saas saas = Saas.builder()
                .backend(backend, settings)
                .mainDatabase("shops.localhost")
                .baseUrl("http://shops.localhost:" + port)
                .baseDomain("shops.localhost")
                .open();
        ServletContextHandler context = new ServletContextHandler("/");
        context.addFilter(new FilterHolder(TenantFilter.of(saas)), "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new ShopServlet()), "/*");
        Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        server.setHandler(context);
        server.start();
        return new Shop(saas, server);
    }

    /** Creates a shop for a new customer, and returns its sign-in link. */
    URI sell(String name, String login) {
        User owner = saas.accounts()
                .signUp(SignUp.builder(login, "Owner of " + name, "a password").build());
        Plan plan = saas.plans().create(Plan.builder("Shop " + name).build());
        CreatedTenant made = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build());
        ConfigurationChange wish = ConfigurationChange.builder()
                .install("shop")
                .grantOwner("shop.group_manager")
                .build();
        saas.configuration().apply(made.tenant().id(), wish);
        return Objects.requireNonNull(made.signInLink()).url();
    }

    @Override
    public void close() {
        LifeCycle.stop(server);
        saas.close();
    }
}
