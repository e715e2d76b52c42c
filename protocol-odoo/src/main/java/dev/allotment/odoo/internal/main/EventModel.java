// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Saas;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.Selections;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.OdooJson;
import java.util.Locale;
import java.util.TreeMap;

/** {@code saas_portal.event}: the audit log. Administrators can read it; it cannot be changed. */
final class EventModel {
    static final String NAME = "saas_portal.event";

    private EventModel() {}

    static StoredModel<Saas, Event> model() {
        return new StoredModel<>(new ModelTableBuilder<Saas, Event>(NAME, Saas::events, Event::id)
                .named(event -> event.type().name().toLowerCase(Locale.ROOT), "type")
                .ordered("id")
                .field(Selections.<Saas, Event, EventType>of("type", "Type", "type", EventType.values(), Event::type))
                .text("actor", "Done by", "actor", Event::actor)
                .text("peer", "From Address", "clientAddress", Event::clientAddress)
                .reference(
                        "client_id",
                        "Client",
                        ClientModel.NAME,
                        "tenantId",
                        event -> event.tenantId() == null
                                ? null
                                : event.tenantId().value())
                .reference(
                        "user_id",
                        "User",
                        UserModel.NAME,
                        "userId",
                        event -> event.userId() == null ? null : event.userId().value())
                .field(Field.of(
                        "details",
                        FieldType.TEXT,
                        "Details",
                        null,
                        ModelTableBuilder.plain(event -> OdooJson.write(new TreeMap<>(event.details())))))
                .instant("create_date", "Created on", "at", Event::at));
    }
}
