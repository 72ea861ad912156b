//! What has gone wrong behind the window, in one sentence. Main thread.

use crate::control::mix::MixTelemetry;
use crate::sources::SourceParams;
use crate::view::EditorLink;

/// The gravest thing that has gone wrong, if anything has.
pub fn of(link: &mut EditorLink) -> Option<String> {
    let mix = *link.mix.read();
    let workers = [("track", link.sources.track.is_alive()), ("meters", link.meters.is_alive())];
    let dead = workers.into_iter().find(|(_, is_alive)| !is_alive);
    dead.map(|(name, _)| format!("The background worker of the {name} has failed; what plays goes on. Save, then reload the plugin."))
        .or_else(|| of_mix(&mix))
}

fn of_mix(mix: &MixTelemetry) -> Option<String> {
    let named = || SourceParams::NAMES.iter().zip(mix);
    let off = named().find(|(_, source)| source.is_off);
    let unsound = named().find(|(_, source)| source.unsound_stretches > 0);
    match (off, unsound) {
        (Some((name, _)), _) => Some(format!(
            "The source \"{name}\" has failed and is off. Restarting audio in the host tries again."
        )),
        (None, Some((name, source))) => Some(format!(
            "The source \"{name}\" made invalid samples; {} short stretches of it are silent.",
            source.unsound_stretches
        )),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::Rig;

    #[test]
    fn faults_of_sources_are_told_the_gravest_first() {
        let (_rig, mut link) = Rig::new(48_000.0);
        assert_eq!(of(&mut link), None);
        let mut mix = MixTelemetry::default();
        mix[0].unsound_stretches = 3;
        assert!(of_mix(&mix).unwrap().contains("3 short stretches"));
        mix[0].is_off = true;
        assert!(of_mix(&mix).unwrap().contains("\"track\" has failed"));
    }
}
