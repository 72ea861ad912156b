//! Parameters of the soft clipper.

use nice_plug::prelude::*;

use crate::control::ClipperControls;
use crate::control::range::{CLIPPER_DRIVE_DB, CLIPPER_LEVEL_DB, CLIPPER_SOFTNESS};
use crate::parameter::{View, Writer, declare};

/// See [`ClipperControls`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct ClipperParams {
    #[id = "clip_on"]
    pub on: BoolParam,
    #[id = "clip_drive"]
    pub drive: FloatParam,
    #[id = "clip_level"]
    pub level: FloatParam,
    #[id = "clip_soft"]
    pub softness: FloatParam,
}

impl ClipperParams {
    pub(super) fn new(defaults: &ClipperControls) -> Self {
        Self {
            on: declare::switch("Clip", defaults.on),
            drive: declare::db("Clip drive", defaults.drive_db, CLIPPER_DRIVE_DB),
            level: declare::db("Clip level", defaults.level_db, CLIPPER_LEVEL_DB),
            softness: declare::percent("Clip softness", defaults.softness, CLIPPER_SOFTNESS),
        }
    }

    pub(super) fn controls(&self, view: View) -> ClipperControls {
        ClipperControls {
            on: view.of(&self.on),
            drive_db: view.of(&self.drive),
            level_db: view.of(&self.level),
            softness: view.of(&self.softness),
        }
    }

    pub(super) fn apply(&self, controls: &ClipperControls, to: &Writer) {
        to.set(&self.on, controls.on);
        to.set(&self.drive, controls.drive_db);
        to.set(&self.level, controls.level_db);
        to.set(&self.softness, controls.softness);
    }

    pub(super) fn remote_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.drive);
        page.add_param(&self.level);
        page.add_param(&self.softness);
        page.add_param(&self.on);
    }
}
