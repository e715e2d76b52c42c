// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerLoss;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The database servers: health, load, and whether they accept new databases; registration and changes. */
final class ServerPages {
    static final String PATH = "/admin/servers";
    static final String SECTION = "admin-servers";
    static final Map<String, String> NOTICES = Map.of(
            "opened", "This server accepts new databases again.",
            "closed", "This server no longer accepts new databases. Existing ones stay.",
            "synced", "Users and sizes have been recounted.",
            "asked", "Health checked.",
            "created", "Server registered.",
            "saved", "Changes saved.",
            "password", "The new password takes effect within seconds.",
            "given-up", "The server was given up.",
            "reinstated", "The server is used again. Check the catalog against it.",
            "deleted", "Server removed.");
    private static final String CONFIRM = "confirm";

    void add(Routes routes) {
        routes.showOperator(PATH, ServerList::show);
        routes.showAdministrator(PATH + "/new", ServerPages::showNew);
        routes.acceptAdministrator(PATH + "/new", ServerPages::create);
        routes.showOperator(PATH + "/{id}", ServerPages::show);
        routes.acceptAdministrator(PATH + "/{id}", ServerPages::save);
        routes.acceptAdministrator(PATH + "/{id}/password", ServerPages::setPassword);
        routes.acceptAdministrator(PATH + "/{id}/give-up", ServerPages::giveUp);
        routes.acceptAdministrator(PATH + "/{id}/reinstate", ServerPages::reinstate);
        routes.showAdministrator(PATH + "/{id}/delete", ServerPages::showDelete);
        routes.acceptAdministrator(PATH + "/{id}/delete", ServerPages::delete);
        routes.acceptAdministrator(PATH + "/{id}/ask", ServerPages::ask);
        routes.acceptAdministrator(
                PATH + "/{id}/open", (exchange, visitor) -> setActive(exchange, visitor, true, "opened"));
        routes.acceptAdministrator(
                PATH + "/{id}/close", (exchange, visitor) -> setActive(exchange, visitor, false, "closed"));
        routes.acceptAdministrator(PATH + "/{id}/sync", ServerPages::sync);
    }

    private static void showNew(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = ServerForm.of(Server.builder("").build());
        renderNew(exchange, 200, form);
    }

    private static void create(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = ServerForm.sent(exchange);
        Server server = ServerForm.create(form);
        String password = exchange.rawParam("password");
        if (form.isFine()) {
            try {
                visitor.saas().servers().create(server, password.isEmpty() ? null : password);
                exchange.redirect(PATH + "?done=created");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        renderNew(exchange, 422, form);
    }

    private static Server server(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().servers().get(new ServerId(exchange.pathId("id")));
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Server server = server(exchange, visitor);
        render(
                exchange,
                200,
                view(exchange, visitor, server, ServerForm.of(server), new Form(), new Form()),
                server.name());
    }

    private static void save(PortalExchange exchange, Visitor visitor) throws IOException {
        Server server = server(exchange, visitor);
        Form form = ServerForm.sent(exchange);
        ServerForm.apply(form, server);
        if (form.isFine()) {
            try {
                visitor.saas().servers().update(server.id(), each -> ServerForm.apply(form, each));
                exchange.redirect(PATH + "/" + server.id() + "?done=saved");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, 422, view(exchange, visitor, server, form, new Form(), new Form()), server.name());
    }

    private static void setPassword(PortalExchange exchange, Visitor visitor) throws IOException {
        Server server = server(exchange, visitor);
        String password = exchange.rawParam("password");
        try {
            visitor.saas().servers().setPassword(server.id(), password.isEmpty() ? null : password);
        } catch (SaasException e) {
            Form form = new Form();
            form.refuse("password", AdminInput.refusal(e));
            render(
                    exchange,
                    422,
                    view(exchange, visitor, server, ServerForm.of(server), new Form(), form),
                    server.name());
            return;
        }
        exchange.redirect(PATH + "/" + server.id() + "?done=password");
    }

    private static void giveUp(PortalExchange exchange, Visitor visitor) throws IOException {
        Server server = server(exchange, visitor);
        Form form = Form.sent(exchange, CONFIRM);
        try {
            visitor.saas().servers().giveUp(server.id(), form.value(CONFIRM));
            exchange.redirect(PATH + "?done=given-up");
        } catch (SaasException e) {
            form.refuse(CONFIRM, AdminInput.refusal(e));
            render(
                    exchange,
                    422,
                    view(exchange, visitor, server, ServerForm.of(server), form, new Form()),
                    server.name());
        }
    }

    private static void reinstate(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().servers().reinstate(new ServerId(exchange.pathId("id")));
        exchange.redirect(PATH + "?done=reinstated");
    }

    private static void showDelete(PortalExchange exchange, Visitor visitor) throws IOException {
        Server server = server(exchange, visitor);
        String path = PATH + "/" + server.id();
        exchange.render(
                "admin/confirm",
                exchange.page("Remove server " + server.name(), SECTION),
                new ConfirmView(
                        "The portal forgets the server with its settings and its password. To use it again, it must be"
                                + " registered again. Nothing on the server changes. Removing it is refused while it"
                                + " has databases or a plan is assigned to it.",
                        path + "/delete",
                        "Remove server",
                        path));
    }

    private static void delete(PortalExchange exchange, Visitor visitor) throws IOException {
        Server server = server(exchange, visitor);
        try {
            visitor.saas().servers().delete(server.id());
        } catch (SaasException e) {
            Form form = ServerForm.of(server);
            form.refuse("", AdminInput.refusal(e));
            render(exchange, 409, view(exchange, visitor, server, form, new Form(), new Form()), server.name());
            return;
        }
        exchange.redirect(PATH + "?done=deleted");
    }

    private static void renderNew(PortalExchange exchange, int status, Form form) throws IOException {
        render(
                exchange,
                status,
                new ServerView(0, "", false, "", form, new Form(), new Form(), ServerLoad.none()),
                null);
    }

    private static ServerView view(
            PortalExchange exchange, Visitor visitor, Server server, Form form, Form giveUp, Form password) {
        String backend = server.backend() == null ? "" : server.backend();
        String loss = server.state() == Server.State.IN_USE && !backend.isEmpty()
                ? loss(visitor.saas().servers().loss(server.id()))
                : "";
        ServerLoad load = ServerLoad.of(visitor.saas(), server, exchange.param("by"));
        return new ServerView(
                server.id().value(),
                backend,
                server.state() == Server.State.GIVEN_UP,
                loss,
                form,
                giveUp,
                password,
                load);
    }

    private static String loss(ServerLoss loss) {
        Instant since = loss.downSince();
        if (since == null) {
            return "";
        }
        String names = String.join(", ", loss.names());
        return "It is down since " + Moment.of(since) + ". "
                + (loss.remaining().isZero()
                        ? "It can be given up now."
                        : "It can be given up in " + (loss.remaining().toMinutes() + 1) + " minutes.")
                + " This would lose " + loss.tenants() + " databases" + (names.isEmpty() ? "" : " (" + names + ")")
                + ", " + loss.templates() + " templates and " + loss.spares() + " spares.";
    }

    private static void render(PortalExchange exchange, int status, ServerView view, @Nullable String name)
            throws IOException {
        exchange.render(
                status,
                "admin/server",
                exchange.page(
                        name == null ? "New server" : "Server " + name, SECTION, NOTICES.get(exchange.param("done"))),
                view);
    }

    private static void ask(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().servers().status(new ServerId(exchange.pathId("id")));
        exchange.redirect(Listing.after(exchange, PATH, "asked"));
    }

    private static void setActive(PortalExchange exchange, Visitor visitor, boolean active, String what)
            throws IOException {
        visitor.saas()
                .servers()
                .update(
                        new ServerId(exchange.pathId("id")),
                        server -> server.toBuilder().active(active).build());
        exchange.redirect(Listing.after(exchange, PATH, what));
    }

    private static void sync(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().servers().sync(new ServerId(exchange.pathId("id")));
        exchange.redirect(Listing.after(exchange, PATH, "synced"));
    }
}
