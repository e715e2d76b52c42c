// SPDX-License-Identifier: Apache-2.0
/** Services, models, domain language and access rights of Odoo's external API, independent of a wire format. */
module dev.allotment.protocol.odoo {
    requires transitive dev.allotment.api;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.allotment.odoo;
    exports dev.allotment.odoo.fault;
}
