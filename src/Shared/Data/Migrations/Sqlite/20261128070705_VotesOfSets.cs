using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Labeler.Shared.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class VotesOfSets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Voters",
                table: "Votes",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "Weight",
                table: "Votes",
                type: "REAL",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Voters",
                table: "Votes");

            migrationBuilder.DropColumn(
                name: "Weight",
                table: "Votes");
        }
    }
}
