# Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
"""Turns a take into an AnimSequence, in the editor's Python: one key a frame for each facial curve.

import cstalk_import
cstalk_import.import_take("C:/takes/cstalk_take001", skeleton="/Game/.../Face_Archetype_Skeleton")
"""

from __future__ import annotations

import argparse
import sys

import unreal
from cstalk_take import FPS, Take, TakeError, read_take

FACE_COMPONENT = "Face"
"""What a MetaHuman's blueprint calls the component of its head."""

DEFAULT_FOLDER = "/Game/Takes"


def import_take(
    path: str,
    skeleton: str = "",
    folder: str = DEFAULT_FOLDER,
    name: str = "",
    head: bool = False,
    replace: bool = False,
) -> str:
    """Import one take.

    Args:
        path: the take's folder, its curves.csv, or a table of 'cstalk-live bake'.
        skeleton: asset path of the face's skeleton or skeletal mesh; that of the selected MetaHuman where empty.
        folder: where the sequence goes.
        name: of the sequence; the take's own where empty.
        head: import the head's rotation and translation too.
        replace: write the curves into a sequence of that name that is there already.

    Returns:
        the asset path of the sequence, which has been saved.

    Raises:
        TakeError: the take, the skeleton or the folder is not usable; nothing was changed.
    """
    take = read_take(path, head)
    bones, mesh = _skeleton(skeleton) if skeleton else _selected()
    asset = f"{folder.rstrip('/')}/{name or take.name}"
    if not unreal.EditorAssetLibrary.does_asset_exist(asset):
        sequence = _create(asset, bones, mesh)
    elif replace:
        sequence = _existing(asset, bones)
    else:
        raise TakeError(f"'{asset}' exists already: give another name, or replace=True")
    _write(sequence, take)
    if not unreal.EditorAssetLibrary.save_loaded_asset(sequence):
        raise TakeError(f"'{asset}' could not be saved: is it read-only?")
    unreal.log(f"cstalk: {len(take.curves)} curves of {len(take.frames)} frames in {asset}")
    return asset


def import_from_panel(path: str) -> None:
    """What the status tab calls: for the selected MetaHuman, with the result in the log."""
    try:
        import_take(path)
    except TakeError as error:
        unreal.log_error(f"cstalk: {error}")


def _skeleton(path: str) -> tuple[unreal.Skeleton, unreal.SkeletalMesh | None]:
    asset = unreal.EditorAssetLibrary.load_asset(path)
    if isinstance(asset, unreal.SkeletalMesh):
        return asset.skeleton, asset
    if isinstance(asset, unreal.Skeleton):
        return asset, None
    raise TakeError(f"'{path}' is neither a skeleton nor a skeletal mesh")


def _selected() -> tuple[unreal.Skeleton, unreal.SkeletalMesh | None]:
    actors = unreal.get_editor_subsystem(unreal.EditorActorSubsystem)
    for actor in actors.get_selected_level_actors() if actors is not None else ():
        for component in actor.get_components_by_class(unreal.SkeletalMeshComponent):
            if isinstance(component, unreal.SkeletalMeshComponent) and component.get_name() == FACE_COMPONENT:
                mesh = component.get_skeletal_mesh_asset()
                if mesh is not None:
                    return mesh.skeleton, mesh
    raise TakeError(
        f"no actor with a component '{FACE_COMPONENT}' is selected: select the MetaHuman, or name a skeleton"
    )


def _create(asset: str, skeleton: unreal.Skeleton, mesh: unreal.SkeletalMesh | None) -> unreal.AnimSequence:
    factory = unreal.AnimSequenceFactory()
    factory.target_skeleton = skeleton
    if mesh is not None:
        factory.preview_skeletal_mesh = mesh
    folder, _, name = asset.rpartition("/")
    made = unreal.AssetToolsHelpers.get_asset_tools().create_asset(
        name, folder, unreal.AnimSequence.static_class(), factory
    )
    if not isinstance(made, unreal.AnimSequence):
        raise TakeError(f"'{asset}' could not be made: is the folder a path such as {DEFAULT_FOLDER}?")
    return made


def _existing(asset: str, skeleton: unreal.Skeleton) -> unreal.AnimSequence:
    sequence = unreal.EditorAssetLibrary.load_asset(asset)
    if not isinstance(sequence, unreal.AnimSequence):
        raise TakeError(f"'{asset}' is no AnimSequence")
    if sequence.get_skeleton() != skeleton:
        raise TakeError(f"'{asset}' belongs to another skeleton")
    return sequence


def _write(sequence: unreal.AnimSequence, take: Take) -> None:
    """Curves that never move get one key; reducing others would lose what is below the reducer's tolerance."""
    controller = sequence.controller
    controller.open_bracket(unreal.Text("cstalk: import a take"), False)
    try:
        controller.set_frame_rate(unreal.FrameRate(FPS, 1), False)
        controller.set_number_of_frames(unreal.FrameNumber(max(1, take.frames[-1])), False)
        unreal.AnimationLibrary.remove_all_curve_data(sequence)
        with unreal.ScopedSlowTask(len(take.curves), "cstalk: curves") as progress:
            progress.make_dialog(False)
            for name in take.curves:
                progress.enter_progress_frame(1)
                curve = unreal.Name(name)
                times, values = (unreal.Array.cast(float, numbers) for numbers in take.keys(name))
                unreal.AnimationLibrary.add_curve(sequence, curve, unreal.RawCurveTrackTypes.RCT_FLOAT, False)
                unreal.AnimationLibrary.add_float_curve_keys(sequence, curve, times, values)
    finally:
        controller.close_bracket(False)


def main(arguments: list[str]) -> int:
    """The command line of '-run=pythonscript -script=...'; the exit code."""
    parser = argparse.ArgumentParser(prog="cstalk_import.py", description="Import a take as an AnimSequence.")
    parser.add_argument("take", help="the take's folder, its curves.csv, or a table of 'cstalk-live bake'")
    parser.add_argument("--skeleton", required=True, help="asset path of the face's skeleton or skeletal mesh")
    parser.add_argument("--folder", default=DEFAULT_FOLDER, help="where the sequence goes")
    parser.add_argument("--name", default="", help="of the sequence")
    parser.add_argument("--head", action="store_true", help="import the head's movement too")
    parser.add_argument("--replace", action="store_true", help="write into a sequence that is there")
    options = parser.parse_args(arguments)
    try:
        import_take(options.take, options.skeleton, options.folder, options.name, options.head, options.replace)
    except TakeError as error:
        unreal.log_error(f"cstalk: {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
