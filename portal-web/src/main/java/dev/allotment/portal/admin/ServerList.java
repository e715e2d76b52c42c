// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.fleet.Node;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The list of database servers, with their health and load, and the nodes. */
final class ServerList {
    private static final int ALL = 100;
    private static final int NEARLY = 80;
    /** Nodes report every ten seconds. */
    private static final int SILENT_SECONDS = 60;

    private static final List<Choice> STATES = List.of(
            new Choice("unreachable", "Unreachable"),
            new Choice("accepting", "Accepts new databases"),
            new Choice("closed", "No new databases"),
            new Choice("full", "Full or crowded"));
    private static final List<SortKey.By<ServerStatus>> KEYS = List.of(
            new SortKey.By<>(
                    "order",
                    "Sort order",
                    Kind.NUMBER,
                    Comparator.<ServerStatus>comparingInt(each -> each.server().sequence())
                            .thenComparing(each -> each.server().id().value())),
            new SortKey.By<>(
                    "name",
                    "Name",
                    Kind.TEXT,
                    Comparator.comparing(each -> each.server().name())),
            new SortKey.By<>(
                    "databases",
                    "Databases",
                    Kind.NUMBER,
                    Comparator.comparingLong(ServerStatus::databases)
                            .thenComparing(each -> each.server().id().value())),
            new SortKey.By<>(
                    "weight",
                    "Weight",
                    Kind.NUMBER,
                    Comparator.<ServerStatus>comparingInt(each -> each.server().weight())
                            .thenComparing(each -> each.server().id().value())));

    private ServerList() {}

    static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Listing listing = Listing.of(exchange, ServerPages.PATH);
        String text = listing.search("name or host").toLowerCase(Locale.ROOT);
        String state = listing.choice("state", "State", "All", STATES);
        List<ServersView.Row> rows = listing
                .select(
                        visitor.saas().servers().statuses(),
                        each -> contains(each.server(), text) && isIn(each, state),
                        "order",
                        KEYS)
                .stream()
                .map(ServerList::row)
                .toList();
        exchange.render(
                listing.status(),
                "admin/servers",
                exchange.page("Servers", ServerPages.SECTION, ServerPages.NOTICES.get(exchange.param("done"))),
                new ServersView(rows, nodes(visitor), listing.controls()));
    }

    private static boolean contains(Server server, String text) {
        return server.name().toLowerCase(Locale.ROOT).contains(text)
                || server.host().toLowerCase(Locale.ROOT).contains(text);
    }

    private static boolean isIn(ServerStatus status, String state) {
        return switch (state) {
            case "unreachable" -> !status.health().up();
            case "accepting" -> status.server().inService();
            case "closed" -> !status.server().inService();
            case "full" -> isFull(status);
            default -> true;
        };
    }

    /** Whether its databases reach the planned number, or the number that no server should exceed. */
    static boolean isFull(ServerStatus status) {
        return status.full()
                || status.crowded()
                || status.databases() >= status.server().capacity();
    }

    private static List<ServersView.NodeRow> nodes(Visitor visitor) {
        List<Node> nodes = visitor.saas().maintenance().nodes();
        // The clock of the latest report, since a clock of a test or a node may differ from this one.
        Instant latest = nodes.stream()
                .map(Node::lastSeenAt)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
        return nodes.stream()
                .map(each -> new ServersView.NodeRow(
                        each.name(),
                        each.version(),
                        each.schemaVersion(),
                        each.lastSeenAt().isBefore(latest.minusSeconds(SILENT_SECONDS))
                                ? new Badge("Silent", "bad")
                                : new Badge("Alive", "good"),
                        Moment.of(each.lastSeenAt())))
                .toList();
    }

    private static ServersView.Row row(ServerStatus status) {
        Server server = status.server();
        int percent = (int) Math.min(ALL, status.databases() * ALL / server.capacity());
        return new ServersView.Row(
                server.id().value(),
                server.name(),
                server.host(),
                server.backend() == null ? "main backend" : server.backend(),
                Labels.text(server.labels()),
                health(status),
                status.health().up() ? "" : status.health().message(),
                Moment.orElse(status.askedAt(), ""),
                service(server),
                load(status),
                status.databases(),
                server.capacity(),
                percent,
                percent >= ALL ? "full" : percent >= NEARLY ? "nearly" : "fine",
                server.weight(),
                server.active());
    }

    /** Warnings about too many databases. */
    static List<Badge> load(ServerStatus status) {
        if (status.full()) {
            return List.of(new Badge("Full", "bad"));
        }
        if (status.crowded()) {
            return List.of(new Badge("Crowded", "bad"));
        }
        return status.databases() > status.server().capacity() ? List.of(new Badge("Over capacity", "bad")) : List.of();
    }

    private static Badge health(ServerStatus status) {
        Server server = status.server();
        if (status.askedAt() == null && server.state() != Server.State.GIVEN_UP) {
            return new Badge("Not checked yet", "off");
        }
        return status.health().up() ? new Badge("Healthy", "good") : new Badge("Unreachable", "bad");
    }

    private static Badge service(Server server) {
        return switch (server.state()) {
            case SOURCE -> new Badge("Source, only read", "off");
            case GIVEN_UP -> new Badge("Lost", "bad");
            case IN_USE -> {
                if (server.draining()) {
                    yield new Badge("Draining", "busy");
                }
                yield server.active()
                        ? new Badge("Accepts new databases", "good")
                        : new Badge("No new databases", "off");
            }
        };
    }
}
