// This file knows which behaviours a page may have. Every page works without any of them.
import { start as column } from "./column.js";
import { start as drafts } from "./drafts.js";
import { start as exit } from "./exit.js";
import { start as fold } from "./fold.js";
import { start as fragment } from "./fragment.js";
import { start as hours } from "./hours.js";
import { start as live } from "./live.js";
import { start as menu } from "./menu.js";
import { start as net } from "./net.js";
import { start as offline } from "./offline.js";
import { start as print } from "./print.js";
import { start as reveal } from "./reveal.js";
import { start as signOut } from "./sign_out.js";
import { start as similar } from "./similar.js";
import { start as slotGrid } from "./slot_grid.js";
import { start as submit } from "./submit.js";
import { start as tally } from "./tally.js";
import { start as theme } from "./theme.js";
import { start as topics } from "./topics.js";
import { start as zone } from "./zone.js";
import { start as unsaved } from "./unsaved.js";
import { start as attention } from "./attention.js";

const everyPart = [drafts, net, reveal, similar, slotGrid, attention, tally, topics];

for (const behaviour of [theme, menu, offline, exit, zone, submit, fold, column, print, signOut, unsaved]) behaviour();
for (const behaviour of everyPart) behaviour(document);

// What arrives later from the server gets the same behaviours.
fragment((part) => everyPart.forEach((behaviour) => behaviour(part)));

live(document);

// Last: it listens to what the others make of a page.
hours();
