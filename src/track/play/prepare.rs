//! From a loaded track to a plan that can be heard: compile, measure, align. Off the audio thread.

use crate::track::file::files::Files;
use crate::track::file::problem::Problem;
use crate::track::file::schema::Track;
use crate::track::play::align::align;
use crate::track::play::plan::{CompileOptions, Plan};
use crate::track::play::scan::{probe, scan};
use crate::track::sound::span::Behaviour;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A plan that may be played at once: its levels are estimates until [`scan`] has run over it.
pub fn for_playing(track: &Track, options: CompileOptions, files: &dyn Files) -> (Arc<Plan>, Vec<Problem>) {
    let (plan, problems) = Plan::compile(track, options, files);
    probe(&plan);
    (Arc::new(plan), problems)
}

/// A plan with exact levels, and with the original's shifts where its behaviour is asked for. `progress` hears the
/// finished share of the measuring. Nothing when `cancel` was set.
pub fn for_rendering(
    track: &Track,
    options: CompileOptions,
    files: &dyn Files,
    cancel: &AtomicBool,
    progress: &(dyn Fn(f64) + Sync),
) -> Option<(Arc<Plan>, Vec<Problem>)> {
    let (mut plan, problems) = Plan::compile(track, options, files);
    if !scan(&plan, 0, cancel, progress) {
        return None;
    }
    if options.behaviour == Behaviour::Original {
        align(&mut plan);
    }
    Some((Arc::new(plan), problems))
}
