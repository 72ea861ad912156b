//! Parameters of the limiter.

use nice_plug::prelude::*;

use crate::control::LimiterControls;
use crate::control::range::*;
use crate::parameter::{View, Writer, declare};

/// See [`LimiterControls`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct LimiterParams {
    #[id = "lim_on"]
    pub on: BoolParam,
    #[id = "lim_drive"]
    pub drive: FloatParam,
    #[id = "lim_ceiling"]
    pub ceiling: FloatParam,
    #[id = "lim_attack"]
    pub attack: FloatParam,
    #[id = "lim_release"]
    pub release: FloatParam,
    #[id = "lim_auto"]
    pub auto_release: BoolParam,
    #[id = "lim_link_t"]
    pub link_transient: FloatParam,
    #[id = "lim_link_r"]
    pub link_release: FloatParam,
}

impl LimiterParams {
    pub(super) fn new(defaults: &LimiterControls) -> Self {
        Self {
            on: declare::switch("Limit", defaults.on),
            drive: declare::db("Limit drive", defaults.drive_db, LIMITER_DRIVE_DB),
            ceiling: declare::db("Limit ceiling", defaults.ceiling_db, LIMITER_CEILING_DB),
            attack: declare::ms("Limit attack", defaults.attack_ms, LIMITER_ATTACK_MS),
            release: declare::ms("Limit release", defaults.release_ms, LIMITER_RELEASE_MS),
            auto_release: declare::switch("Limit auto release", defaults.auto_release),
            link_transient: declare::percent(
                "Limit transient link",
                defaults.link_transient,
                LIMITER_LINK_TRANSIENT,
            ),
            link_release: declare::percent("Limit release link", defaults.link_release, LIMITER_LINK_RELEASE),
        }
    }

    pub(super) fn controls(&self, view: View) -> LimiterControls {
        LimiterControls {
            on: view.of(&self.on),
            drive_db: view.of(&self.drive),
            ceiling_db: view.of(&self.ceiling),
            attack_ms: view.of(&self.attack),
            release_ms: view.of(&self.release),
            auto_release: view.of(&self.auto_release),
            link_transient: view.of(&self.link_transient),
            link_release: view.of(&self.link_release),
        }
    }

    pub(super) fn apply(&self, controls: &LimiterControls, to: &Writer) {
        to.set(&self.on, controls.on);
        to.set(&self.drive, controls.drive_db);
        to.set(&self.ceiling, controls.ceiling_db);
        to.set(&self.attack, controls.attack_ms);
        to.set(&self.release, controls.release_ms);
        to.set(&self.auto_release, controls.auto_release);
        to.set(&self.link_transient, controls.link_transient);
        to.set(&self.link_release, controls.link_release);
    }

    pub(super) fn remote_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.drive);
        page.add_param(&self.ceiling);
        page.add_param(&self.attack);
        page.add_param(&self.release);
        page.add_param(&self.link_transient);
        page.add_param(&self.link_release);
        page.add_param(&self.auto_release);
        page.add_param(&self.on);
    }
}
