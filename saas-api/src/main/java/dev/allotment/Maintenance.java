// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * What has to be done as time goes by. A host calls it every few seconds, on as many nodes as it has: each thing is done
 * once. What is due is read off the records themselves, so nothing is lost when a node dies, and a call costs what is due,
 * not what there is.
 */
public interface Maintenance {
    /**
     * Finishes or undoes operations that lost their node, suspends and resumes client databases as their time and storage
     * say, tells owners in advance, removes what has expired, builds templates anew
     * that their plan or add-ons have changed, keeps spare databases in stock, asks database servers how they are, and tells
     * listeners. What fails
     * is logged, and tried again by a later call.
     *
     * @return how many things were done
     */
    int run();
}
